package io.carillon.replica;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names this process for people who look for it in the cluster. */
public final class Node {
    private Node() {}

    /** The name of its machine or container. */
    public static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unknown) {
            return "unknown";
        }
    }

    /** Its host and process id, such as {@code carillon-7f9c:1}. */
    public static String name() {
        return host() + ":" + ProcessHandle.current().pid();
    }
}
