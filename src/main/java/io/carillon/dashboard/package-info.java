/**
 * The shell of the pages for people: what every page shares. {@link io.carillon.dashboard.Pages}
 * answers with the security headers, {@link io.carillon.dashboard.PageContext} formats values and
 * knows what the caller may do. Each sub-room has the screens of one subject: a resource, its view
 * records, and its templates under {@code templates/dashboard} in a folder of the same name.
 *
 * <p>Pages only read, through the same stores as the API and with the caller's scope; nothing
 * depends on them. Changes are made by the script of the page, which calls the API. Templates have
 * no logic beyond choosing and repeating, and the template engine escapes every value.
 */
@NullMarked
package io.carillon.dashboard;

import org.jspecify.annotations.NullMarked;
