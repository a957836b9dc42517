package io.carillon.docs;

import io.carillon.Main;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.smallrye.config.WithParentName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every key the code reads, from its mapping interfaces and from where it reads one directly. */
public final class ConfigurationKeys {
    /** In place of a default where the code has none, or has it where reflection cannot see it. */
    static final String NO_DEFAULT = "";

    private static final Pattern READ_DIRECTLY =
            Pattern.compile(
                    "(?:getOptionalValue\\(|getValue\\(|@ConfigProperty\\(\\s*name\\s*=)\\s*\"(carillon\\.[^\"]+)\"");

    private ConfigurationKeys() {}

    /** Keys of the mapping interfaces with their defaults. */
    public static Map<String, String> mapped() {
        var keys = new TreeMap<String, String>();
        try (var files = Files.walk(classes())) {
            files.map(file -> classes().relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .map(ConfigurationKeys::load)
                    .filter(type -> type.isAnnotationPresent(ConfigMapping.class))
                    .forEach(
                            type ->
                                    addKeys(
                                            keys,
                                            type,
                                            type.getAnnotation(ConfigMapping.class).prefix()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return keys;
    }

    /** Keys read one by one, as before there is a mapping. */
    static Map<String, String> readDirectly() {
        var keys = new TreeMap<String, String>();
        for (String source : ProjectFiles.sources()) {
            var matcher = READ_DIRECTLY.matcher(source);
            while (matcher.find()) {
                keys.put(matcher.group(1), NO_DEFAULT);
            }
        }
        return keys;
    }

    private static void addKeys(Map<String, String> keys, Class<?> mapping, String prefix) {
        Stream.of(mapping.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .forEach(method -> addKey(keys, method, prefix));
    }

    private static void addKey(Map<String, String> keys, Method method, String prefix) {
        String key =
                method.isAnnotationPresent(WithParentName.class)
                        ? prefix
                        : prefix + "." + nameOf(method);
        var type = method.getReturnType();
        if (type.isInterface() && type.getName().startsWith("io.carillon.")) {
            addKeys(keys, type, key);
            return;
        }
        var defaultValue = method.getAnnotation(WithDefault.class);
        keys.put(
                Map.class.isAssignableFrom(type) ? key + ".<name>" : key,
                defaultValue == null ? NO_DEFAULT : defaultValue.value());
    }

    /** {@code batchSize} is {@code batch-size}, unless an annotation names it. */
    private static String nameOf(Method method) {
        var named = method.getAnnotation(WithName.class);
        return named != null
                ? named.value()
                : method.getName()
                        .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-")
                        .toLowerCase(java.util.Locale.ROOT);
    }

    private static Path classes() {
        try {
            return Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Class<?> load(String file) {
        String name = file.replace(java.io.File.separatorChar, '.').replaceAll("\\.class$", "");
        try {
            return Class.forName(name, false, Main.class.getClassLoader());
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
