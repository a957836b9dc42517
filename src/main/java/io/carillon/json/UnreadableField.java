package io.carillon.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;

/** Says what is wrong with a field in words for the client; the way to it becomes its path. */
final class UnreadableField extends JsonMappingException {
    private static final long serialVersionUID = 1L;

    UnreadableField(JsonParser parser, String message) {
        super(parser, message);
    }
}
