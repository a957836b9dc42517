package io.carillon.job.planning;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class ScheduleResourceIT extends ScheduleResourceTest {}
