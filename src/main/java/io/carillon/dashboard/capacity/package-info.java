/** The screens of what runs executions: queues, workers, and the forecast of busy minutes. */
@NullMarked
package io.carillon.dashboard.capacity;

import org.jspecify.annotations.NullMarked;
