package io.carillon.execution;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class ExecutionResourceIT extends ExecutionResourceTest {}
