package io.carillon.handler.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class HttpTypeIT extends HttpTypeTest {}
