package io.carillon.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carillon.outgoing.Guards.Dns;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingGuardTest {
    private static final Map<String, String> EVERYTHING =
            Map.of(
                    "allow-loopback", "true",
                    "allow-private", "true",
                    "allowed-networks", "0.0.0.0/0,::/0",
                    "allowed-hosts", "*.internal,*.goog,instance-data");

    private final Dns dns = new Dns();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "1.1.1.1",
                "172.15.255.255",
                "172.32.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "[2606:4700::1111]",
                "[::ffff:8.8.8.8]",
                "[64:ff9b::8.8.8.8]",
                "[2002:808:808::1]"
            })
    void publicAddressesAreAllowed(String host) {
        assertThat(refusal(host)).isNull();
    }

    @ParameterizedTest(name = "{0} leads to {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    127.0.0.1                 | a loopback address              | allow-loopback
                    127.255.255.254           | a loopback address              | allow-loopback
                    [::1]                     | a loopback address              | allow-loopback
                    [0:0:0:0:0:0:0:1]         | a loopback address              | allow-loopback
                    [::ffff:127.0.0.1]        | a loopback address              | allow-loopback
                    [::ffff:7f00:1]           | a loopback address              | allow-loopback
                    [::127.0.0.1]             | a loopback address              | allow-loopback
                    [::ffff:0:127.0.0.1]      | a loopback address              | allow-loopback
                    [64:ff9b::7f00:1]         | a loopback address              | allow-loopback
                    [2002:7f00:1::]           | a loopback address              | allow-loopback
                    [2606:4700::5efe:7f00:1]  | a loopback address              | allow-loopback
                    [2606:4700::200:5efe:7f00:1] | a loopback address           | allow-loopback
                    10.0.0.1                  | a private address               | allow-private
                    172.16.0.1                | a private address               | allow-private
                    172.31.255.255            | a private address               | allow-private
                    192.168.1.1               | a private address               | allow-private
                    [::ffff:10.0.0.1]         | a private address               | allow-private
                    [64:ff9b::10.0.0.1]       | a private address               | allow-private
                    [2002:a00:1::1]           | a private address               | allow-private
                    [fd12:3456::1]            | a private address               | allow-private
                    [fec0::1]                 | a private address               | allow-private
                    100.64.0.1                | an address of carrier-grade NAT | allow-private
                    169.254.1.1               | a link-local address            | allowed-networks
                    [fe80::1]                 | a link-local address            | allowed-networks
                    192.0.2.1                 | an address for documentation    | allowed-networks
                    198.51.100.1              | an address for documentation    | allowed-networks
                    203.0.113.1               | an address for documentation    | allowed-networks
                    [2001:db8::1]             | an address for documentation    | allowed-networks
                    198.18.0.1                | an address for benchmarks       | allowed-networks
                    [2001:2::1]               | an address for benchmarks       | allowed-networks
                    240.0.0.1                 | a reserved address              | allowed-networks
                    192.0.0.1                 | a reserved address              | allowed-networks
                    [2001::1]                 | a reserved address              | allowed-networks
                    [64:ff9b:1::10.0.0.1]     | a reserved address              | allowed-networks
                    [100::1]                  | a reserved address              | allowed-networks
                    [4000::1]                 | a reserved address              | allowed-networks
                    """)
    void othersAreRefusedWithTheirKindAndTheSettingThatWouldAllowThem(
            String host, String kind, String setting) {
        assertThat(refusal(host))
                .isEqualTo(
                        "%s leads to %s, which carillon.outgoing.%s does not allow"
                                .formatted(host, kind, setting));
        assertThat(refusal(host, EVERYTHING)).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    169.254.169.254          | a metadata address of a cloud
                    169.254.170.2            | a metadata address of a cloud
                    168.63.129.16            | a metadata address of a cloud
                    100.100.100.200          | a metadata address of a cloud
                    192.0.0.192              | a metadata address of a cloud
                    [fd00:ec2::254]          | a metadata address of a cloud
                    [fd20:ce::254]           | a metadata address of a cloud
                    [::ffff:169.254.169.254] | a metadata address of a cloud
                    [64:ff9b::a9fe:a9fe]     | a metadata address of a cloud
                    [2002:a9fe:a9fe::]       | a metadata address of a cloud
                    metadata.google.internal | a metadata address of a cloud
                    METADATA.google.internal. | a metadata address of a cloud
                    instance-data            | a metadata address of a cloud
                    0.0.0.0                  | an unspecified address
                    0.1.2.3                  | an unspecified address
                    [::]                     | an unspecified address
                    255.255.255.255          | the broadcast address
                    224.0.0.1                | a multicast address
                    [ff02::1]                | a multicast address
                    """)
    void whatNothingAllowsIsRefusedWhateverIsSet(String host, String kind) {
        String refusal = host + " leads to " + kind + ", which no setting allows";

        assertThat(refusal(host)).isEqualTo(refusal);
        assertThat(refusal(host, EVERYTHING)).isEqualTo(refusal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2130706433",
                "0x7f000001",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "127.1",
                "127.0.1",
                "127.0.0.01",
                "127.0.0.1.",
                "127.0.0.256",
                "1.2.3.4.5",
                "evil.0x7f",
                "8.8.8.010"
            })
    void anIpv4AddressInAnotherFormIsRefusedWhateverIsSet(String host) {
        assertThat(refusal(host, EVERYTHING))
                .isEqualTo(
                        host
                                + " is refused: an IPv4 address must be written as four decimal numbers");
        assertThat(dns.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[fe80::1%eth0]",
                "[::1",
                "[127.0.0.1]",
                "[]",
                "",
                ".",
                "a..b",
                "１２７.0.0.1",
                "127。0。0。1",
                "a b",
                "%6c"
            })
    void whatIsNoHostIsRefused(String host) {
        assertThat(refusal(host, EVERYTHING)).startsWith(host + " is refused: ");
        assertThat(dns.asked()).isEmpty();
    }

    @Test
    void aNameIsRefusedIfAnyOfItsAddressesIs() {
        dns.answers("shop.example", "8.8.8.8 10.0.0.1 1.1.1.1");

        assertThat(refusal("shop.example"))
                .isEqualTo(
                        "shop.example leads to a private address, which carillon.outgoing.allow-private does not allow");
        assertThat(refusal("shop.example", Map.of("allow-private", "true"))).isNull();
    }

    @Test
    void networksAndHostsAreAllowedOneByOne() {
        dns.answers("db.shop.internal", "10.1.2.3").answers("evil.example", "10.1.2.3");

        assertThat(refusal("10.1.2.3", Map.of("allowed-networks", "10.1.0.0/16, fd00::/8")))
                .isNull();
        assertThat(refusal("[64:ff9b::10.1.2.3]", Map.of("allowed-networks", "10.1.0.0/16")))
                .isNull();
        assertThat(refusal("10.2.0.1", Map.of("allowed-networks", "10.1.0.0/16"))).isNotNull();
        assertThat(refusal("db.shop.internal", Map.of("allowed-hosts", "*.Internal"))).isNull();
        assertThat(refusal("db.shop.internal.", Map.of("allowed-hosts", "db.shop.internal")))
                .isNull();
        assertThat(refusal("db.shop.internal", Map.of("allowed-hosts", "shop.internal")))
                .isNotNull();
        assertThat(refusal("evil.example", Map.of("allowed-hosts", "*.internal"))).isNotNull();
    }

    @Test
    void aNameThatHasNoAddressIsNotRefusedButHasNone() {
        var guard = Guards.strict(dns);

        assertThat(guard.refusal("nowhere.example", "default")).isEmpty();
        assertThatThrownBy(() -> guard.checkedAddresses("nowhere.example", "default"))
                .isExactlyInstanceOf(UnknownHostException.class);
    }

    /** Otherwise one request with a thousand names would wait a thousand times. */
    @Test
    void whoSavesWaitsForSlowDnsOnceAndNotForEachName() {
        var isAnswered = new CountDownLatch(1);
        var asked = new AtomicInteger();
        var guard =
                Guards.with(
                        Map.of(),
                        name -> {
                            asked.incrementAndGet();
                            awaitUninterrupted(isAnswered);
                            throw new UnknownHostException(name);
                        });

        for (int name = 1; name <= 5; name++) {
            assertThat(guard.refusal("slow-" + name + ".example", "default")).isEmpty();
        }
        assertThat(guard.refusal("127.0.0.1", "default")).isNotEmpty();

        assertThat(asked).hasValue(1);
        isAnswered.countDown();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsCheckedIsWhatIsHandedOut() throws Exception {
        dns.answers("evil.example", "8.8.8.8", "127.0.0.1");
        var guard = Guards.strict(dns);

        assertThat(guard.checkedAddresses("evil.example", "default"))
                .containsExactly(InetAddress.ofLiteral("8.8.8.8"));
        assertThat(dns.asked()).hasSize(1);
        assertThatThrownBy(() -> guard.checkedAddresses("evil.example", "default"))
                .isInstanceOf(AddressRefusedException.class);
    }

    @Test
    void aNamespaceMayHaveAListOfItsOwn() {
        dns.answers("db.internal", "10.9.0.1").answers("both.internal", "10.9.0.1 10.1.2.3");
        var guard =
                Guards.with(
                        Map.of(
                                "allowed-networks", "10.1.0.0/16",
                                "allowed-networks-of.billing", "10.2.0.0/16, 169.254.0.0/16",
                                "allowed-hosts-of.team.a", "*.Internal, hooks",
                                "allowed-hosts-of.idle", " , "),
                        dns);

        assertThat(guard.refusal("10.2.0.1", "billing")).isEmpty();
        assertThat(guard.refusal("10.1.0.1", "billing")).isEmpty();
        assertThat(guard.refusal("10.1.0.1", "sales")).isEmpty();
        assertThat(guard.refusal("10.2.0.1", "sales")).isPresent();
        assertThat(guard.refusal("10.3.0.1", "billing")).isPresent();
        assertThat(guard.refusal("db.internal", "team.a")).isEmpty();
        assertThat(guard.refusal("db.internal", "billing")).isPresent();
        assertThat(guard.refusal("both.internal", "billing")).isPresent();
        // What is never allowed is not allowed to one namespace either.
        assertThat(guard.refusal("169.254.169.254", "billing")).isPresent();
        assertThat(guard.refusal("169.254.1.1", "billing")).isEmpty();
        assertThat(guard.hasListOf("billing")).isTrue();
        assertThat(guard.hasListOf("team.a")).isTrue();
        assertThat(guard.hasListOf("sales")).isFalse();
        assertThat(guard.hasListOf("idle")).isFalse();
    }

    private @Nullable String refusal(String host) {
        return refusal(host, Map.of());
    }

    private @Nullable String refusal(String host, Map<String, String> settings) {
        return Guards.with(settings, dns).refusal(host, "default").orElse(null);
    }
}
