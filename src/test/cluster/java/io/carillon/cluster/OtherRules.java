package io.carillon.cluster;

import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The JDK's time zone rules, but for Europe/Paris, which has three hours ahead of UTC for ever. For
 * a JVM of its own, with {@code -Djava.time.zone.DefaultZoneRulesProvider}.
 */
public final class OtherRules extends ZoneRulesProvider {
    static final String VERSION = "2999z";
    private static final ZoneRules PARIS = ZoneRules.of(ZoneOffset.ofHours(3));

    private final ZoneRulesProvider jdk;

    public OtherRules() throws ReflectiveOperationException {
        var constructor =
                Class.forName("java.time.zone.TzdbZoneRulesProvider").getDeclaredConstructor();
        constructor.setAccessible(true);
        jdk = (ZoneRulesProvider) constructor.newInstance();
    }

    @Override
    protected Set<String> provideZoneIds() {
        return call("provideZoneIds", new Class<?>[0], Set.class);
    }

    @Override
    protected ZoneRules provideRules(String zoneId, boolean forCaching) {
        return zoneId.equals("Europe/Paris")
                ? PARIS
                : call(
                        "provideRules",
                        new Class<?>[] {String.class, boolean.class},
                        ZoneRules.class,
                        zoneId,
                        forCaching);
    }

    @Override
    protected NavigableMap<String, ZoneRules> provideVersions(String zoneId) {
        var versions = new TreeMap<String, ZoneRules>();
        versions.put(VERSION, provideRules(zoneId, false));
        return versions;
    }

    @SuppressWarnings("unchecked")
    private <T> T call(String name, Class<?>[] types, Class<?> result, Object... arguments) {
        try {
            var method = ZoneRulesProvider.class.getDeclaredMethod(name, types);
            method.setAccessible(true);
            return (T) result.cast(method.invoke(jdk, arguments));
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
