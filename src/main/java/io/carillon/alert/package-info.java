/**
 * Rules: whom to tell when jobs fail, and when they run well again.
 *
 * <p>{@code execution.ledger.Ends} notes the ends that a rule asks for, in the transaction that
 * ends them, so none is lost. {@link io.carillon.alert.Alerts} judges them in their order, on one
 * replica at a time, and keeps how often each job has failed in a row; what is to be told becomes
 * one message a minute for each rule. A message is an execution of type {@code http} in the queue
 * {@code alerts}, submitted in the transaction that takes what it tells: told once, tried again and
 * kept like any other. It has no job, so no rule is about it.
 */
@NullMarked
package io.carillon.alert;

import org.jspecify.annotations.NullMarked;
