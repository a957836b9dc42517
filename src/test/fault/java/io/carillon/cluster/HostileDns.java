package io.carillon.cluster;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A DNS server (RFC 1035, over UDP) that answers as the owner of a hostile domain would: another
 * address each time, several at once, or nothing at all. Nothing may be kept.
 */
final class HostileDns implements AutoCloseable {
    private static final int A = 1;
    private static final int CNAME = 5;
    private static final int AAAA = 28;
    private static final int HEADER = 12;
    private static final int ANSWER = 0x8180;
    private static final int NO_SUCH_NAME = 0x8183;

    private final DatagramSocket socket;
    private final Random random = new Random();
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();

    /** What is answered for a name: one of the answers, by chance. */
    private record Script(int type, List<List<String>> answers) {}

    /** Listens on port 53 of an address of this machine, which not everybody may. */
    HostileDns(String address) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(address, 53));
        Thread.startVirtualThread(this::serve);
    }

    /** Answers with IPv4 addresses: each time with one of these texts, which have some each. */
    void answers(String name, String... addresses) {
        script(name, A, addresses);
    }

    void answersWithIpv6(String name, String... addresses) {
        script(name, AAAA, addresses);
    }

    void leadsTo(String name, String other) {
        script(name, CNAME, other);
    }

    /** Lets whoever asks wait. */
    void isSilentAbout(String name) {
        script(name, 0);
    }

    private void script(String name, int type, String... answers) {
        var each = Arrays.stream(answers).map(answer -> List.of(answer.split(" "))).toList();
        scripts.put(name, new Script(type, each));
    }

    private void serve() {
        var packet = new DatagramPacket(new byte[512], 512);
        while (true) {
            try {
                socket.receive(packet);
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                if (answer.length > 0) {
                    socket.send(
                            new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private byte[] answer(byte[] query) throws IOException {
        var labels = new ArrayList<String>();
        int at = HEADER;
        while (query[at] != 0) {
            labels.add(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
            at += query[at] + 1;
        }
        String name = String.join(".", labels);
        int type = query[at + 2] & 0xff;
        int end = at + 5;
        var script = scripts.get(name);
        if (script != null && script.type == 0) {
            return new byte[0];
        }
        var records = script == null ? List.<Answer>of() : recordsOf(name, script, type);
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(script == null ? NO_SUCH_NAME : ANSWER);
        out.writeShort(1);
        out.writeShort(records.size());
        out.writeInt(0);
        out.write(query, HEADER, end - HEADER);
        for (var record : records) {
            out.write(encoded(record.name));
            out.writeShort(record.type);
            out.writeShort(1);
            out.writeInt(0);
            out.writeShort(record.data.length);
            out.write(record.data);
        }
        return bytes.toByteArray();
    }

    private record Answer(String name, int type, byte[] data) {}

    /** As a resolver does, it follows a name that leads to another. */
    private List<Answer> recordsOf(String name, Script script, int asked) throws IOException {
        if (script.type != asked && script.type != CNAME) {
            return List.of();
        }
        var records = new ArrayList<Answer>();
        for (String each : script.answers.get(random.nextInt(script.answers.size()))) {
            if (script.type == CNAME) {
                records.add(new Answer(name, CNAME, encoded(each)));
                records.addAll(recordsOf(each, scripts.get(each), asked));
            } else {
                records.add(new Answer(name, script.type, bytesOf(each, script.type)));
            }
        }
        return records;
    }

    /** Java turns an IPv6 address that holds an IPv4 one into the latter. */
    private static byte[] bytesOf(String address, int type) {
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            if (type != AAAA || bytes.length == 16) {
                return bytes;
            }
            byte[] mapped = new byte[16];
            mapped[10] = (byte) 0xff;
            mapped[11] = (byte) 0xff;
            System.arraycopy(bytes, 0, mapped, 12, 4);
            return mapped;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static byte[] encoded(String name) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (String label : name.split("\\.")) {
            bytes.write(label.length());
            bytes.write(label.getBytes(StandardCharsets.US_ASCII));
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
