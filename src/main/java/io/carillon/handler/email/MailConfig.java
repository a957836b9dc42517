package io.carillon.handler.email;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/**
 * Settings of the SMTP server that sends jobs' mails; without {@code host} no job can send mail.
 */
@ConfigMapping(prefix = "carillon.mail")
interface MailConfig {
    /** How the connection is encrypted. */
    enum Encryption {
        /** Not at all. */
        NONE,
        /** After the greeting; a server that does not offer it gets no mail. */
        STARTTLS,
        /** From the first byte. */
        TLS
    }

    /** The server's name; the guard of outgoing calls applies to it. */
    Optional<String> host();

    /** The server's port. */
    @WithDefault("587")
    int port();

    /** How the connection is encrypted. */
    @WithDefault("starttls")
    Encryption encryption();

    /** The user name to sign in with; absent: no sign-in. */
    Optional<String> user();

    /** The password of {@link #user}. */
    Optional<String> password();

    /** The address that mails come from. */
    Optional<String> from();
}
