package io.carillon.chaos;

/** The driver itself could not go on; says nothing about Carillon. */
final class ChaosFailure extends RuntimeException {
    ChaosFailure(String message) {
        super(message);
    }

    ChaosFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
