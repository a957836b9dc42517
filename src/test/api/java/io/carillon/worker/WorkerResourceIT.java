package io.carillon.worker;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class WorkerResourceIT extends WorkerResourceTest {}
