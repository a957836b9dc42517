package io.carillon.job.importing;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class JobImportIT extends JobImportTest {}
