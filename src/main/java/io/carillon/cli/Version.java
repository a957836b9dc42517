package io.carillon.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version of the jar or executable. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"carillon " + Session.version()};
    }
}
