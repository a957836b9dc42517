package io.carillon.json;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.validation.Validation;

/** JSON for tests without an application. */
public final class Jsons {
    private static final Json PLAIN =
            new Json(
                    new ObjectMapper().findAndRegisterModules(),
                    Validation.buildDefaultValidatorFactory().getValidator());

    private Jsons() {}

    public static Json plain() {
        return PLAIN;
    }
}
