package io.carillon.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;

/**
 * Thrown with a message for the client when a field is wrong; Jackson adds the path to the field.
 */
final class UnreadableField extends JsonMappingException {
    private static final long serialVersionUID = 1L;

    UnreadableField(JsonParser parser, String message) {
        super(parser, message);
    }
}
