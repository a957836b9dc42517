package io.carillon.calendar;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class CalendarResourceIT extends CalendarResourceTest {}
