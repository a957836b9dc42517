package io.carillon.execution.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class ExecutionResourceIT extends ExecutionResourceTest {}
