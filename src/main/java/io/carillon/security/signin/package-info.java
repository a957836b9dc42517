/**
 * The ways in for people who look at pages: the form that takes a key ({@link
 * io.carillon.security.signin.SignInResource}), and the way through the identity provider and back
 * ({@link io.carillon.security.signin.ProviderResource}). Either ends with a cookie that {@link
 * io.carillon.security.Authentication} accepts.
 */
@NullMarked
package io.carillon.security.signin;

import org.jspecify.annotations.NullMarked;
