package io.carillon.queue;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class QueueResourceIT extends QueueResourceTest {}
