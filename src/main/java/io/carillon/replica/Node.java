package io.carillon.replica;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names this process, so that people can find it in the cluster. */
public final class Node {
    private Node() {}

    /** Returns the name of the machine or container. */
    public static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unknown) {
            return "unknown";
        }
    }

    /** Returns host and process id, such as {@code carillon-7f9c:1}. */
    public static String name() {
        return host() + ":" + ProcessHandle.current().pid();
    }
}
