package io.carillon.job;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class JobRevisionsIT extends JobRevisionsTest {}
