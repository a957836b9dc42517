package io.carillon.json;

import io.carillon.json.YamlValue.Unexpected;
import io.carillon.problem.ProblemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads YAML documents with anchors, aliases and merge keys. It stops at nodes, which keep their
 * line numbers, and builds no objects. It refuses what readers interpret differently: a duplicate
 * field, a key that is not text, an uncommon tag, an alias inside the node that it names.
 */
public final class YamlDocuments {
    private static final Set<Tag> KNOWN =
            Set.of(Tag.STR, Tag.BOOL, Tag.INT, Tag.FLOAT, Tag.NULL, Tag.MERGE, Tag.MAP, Tag.SEQ);

    /** The limit for one document, nested merges included. */
    private static final int MAX_MERGES = 10_000;

    /** Aliases cost nothing by themselves: each node is checked once. */
    private static final int MAX_ALIASES = 10_000;

    private static final Resolver KUBERNETES = new KubernetesResolver();
    private static final Resolver JSON = new JsonResolver();

    private static final int LONGEST_PROBLEM = 200;

    /** One document, or why it is not read. */
    public record Document(YamlValue root, @Nullable String refusal) {}

    private final Resolver resolver;
    private final Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

    private int merges;

    private YamlDocuments(Resolver resolver) {
        this.resolver = resolver;
    }

    /**
     * Reads plain scalars as Kubernetes does, which is YAML 1.1: {@code on} is true.
     *
     * @param field the field of the request that has the text; empty for the whole body
     * @throws ProblemException 400 naming the line when it is not YAML, where nothing after that
     *     line can be read either
     */
    public static List<Document> asKubernetes(String text, String field) {
        return read(text, field, KUBERNETES);
    }

    /**
     * Reads plain scalars as YAML 1.2 does, so that JSON is YAML and {@code on} is text. A number
     * with a leading zero, which versions read differently, is text too.
     *
     * @param field as in {@link #asKubernetes}
     * @throws ProblemException as in {@link #asKubernetes}
     */
    public static List<Document> asJson(String text, String field) {
        return read(text, field, JSON);
    }

    private static List<Document> read(String text, String field, Resolver resolver) {
        var documents = new ArrayList<Document>();
        try {
            var options = new LoaderOptions();
            options.setMaxAliasesForCollections(MAX_ALIASES);
            var composer =
                    new Composer(
                            new ParserImpl(new StreamReader(text), options), resolver, options);
            while (composer.checkNode()) {
                var root = new YamlValue("", composer.getNode());
                documents.add(new Document(root, refusal(root, resolver)));
            }
        } catch (MarkedYAMLException invalid) {
            var mark = invalid.getProblemMark();
            throw notYaml(field, mark == null ? 0 : mark.getLine() + 1, invalid.getProblem());
        } catch (ReaderException control) {
            throw notYaml(field, lineAt(text, control.getPosition()), "a control character");
        } catch (YAMLException limit) {
            throw notYaml(field, 0, limit.getMessage());
        }
        return documents;
    }

    private static int lineAt(String text, int position) {
        return 1
                + (int)
                        text.chars()
                                .limit(Math.max(0, position))
                                .filter(character -> character == '\n')
                                .count();
    }

    private static ProblemException notYaml(String field, int line, @Nullable String problem) {
        String why =
                problem == null
                        ? ""
                        : ": " + problem.substring(0, Math.min(problem.length(), LONGEST_PROBLEM));
        return ProblemException.invalid(
                field, (line == 0 ? "" : "line " + line + ": ") + "this is not YAML" + why);
    }

    private static @Nullable String refusal(YamlValue root, Resolver resolver) {
        try {
            if (root.node() != null) {
                new YamlDocuments(resolver).check(root.node());
            }
            return null;
        } catch (Unexpected unexpected) {
            return unexpected.getMessage();
        }
    }

    /** Checks each node once, however many aliases name it. */
    private void check(Node node) {
        if (done.contains(node)) {
            return;
        }
        if (!open.add(node)) {
            throw new Unexpected(node, "an alias inside the node it names");
        }
        if (!KNOWN.contains(node.getTag())) {
            throw new Unexpected(node, "the tag " + node.getTag().getValue() + " is not read");
        }
        switch (node) {
            case MappingNode mapping -> checkFields(mapping);
            case SequenceNode sequence -> sequence.getValue().forEach(this::check);
            default -> checkScalar((ScalarNode) node);
        }
        open.remove(node);
        done.add(node);
    }

    /** A tag in the text, such as !!bool, must fit the value. */
    private void checkScalar(ScalarNode scalar) {
        var plain = resolver.resolve(NodeId.scalar, scalar.getValue(), true);
        boolean isWider = scalar.getTag().equals(Tag.FLOAT) && plain.equals(Tag.INT);
        if (!scalar.getTag().equals(Tag.STR) && !scalar.getTag().equals(plain) && !isWider) {
            throw new Unexpected(scalar, "the value does not fit its tag");
        }
    }

    private void checkFields(MappingNode mapping) {
        var names = new HashSet<String>();
        for (var field : mapping.getValue()) {
            var key = field.getKeyNode();
            boolean isMerge = key.getTag().equals(Tag.MERGE);
            if (!(key instanceof ScalarNode name) || !(isMerge || key.getTag().equals(Tag.STR))) {
                throw new Unexpected(
                        key,
                        "a field's name must be text, in quotes if it looks like something else");
            }
            if (!names.add(isMerge ? "<<" : "=" + name.getValue())) {
                throw new Unexpected(key, name.getValue() + " occurs twice");
            }
            check(field.getValueNode());
            if (isMerge) {
                checkMerge(field.getValueNode());
            }
        }
    }

    /**
     * Counts merges, because reading the fields of a mapping goes through everything that it
     * merges.
     */
    private void checkMerge(Node merged) {
        if (merged instanceof SequenceNode several) {
            several.getValue().forEach(this::countMerges);
        } else {
            countMerges(merged);
        }
    }

    private void countMerges(Node merged) {
        if (!(merged instanceof MappingNode mapping)) {
            throw new Unexpected(merged, "<< merges fields, and these are none");
        }
        if (++merges > MAX_MERGES) {
            throw new Unexpected(merged, "more than " + MAX_MERGES + " merges");
        }
        for (var field : mapping.getValue()) {
            if (field.getKeyNode().getTag().equals(Tag.MERGE)) {
                checkMerge(field.getValueNode());
            }
        }
    }

    /**
     * Resolves a plain scalar as the YAML library of Kubernetes does: {@code y}, {@code yes} and
     * {@code on} are true, {@code 0600} is octal, {@code 1:30} is not a number, and a date is text.
     */
    private static final class KubernetesResolver extends Resolver {
        private static final Pattern BOOLEAN =
                Pattern.compile(
                        "y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE|n|N|no|No|NO|off|Off|OFF|false|False|FALSE");
        private static final Pattern INTEGER =
                Pattern.compile("[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)");
        private static final Pattern NUMBER =
                Pattern.compile(
                        "[-+]?(?:\\.[0-9]+|[0-9][0-9_]*(?:\\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?"
                                + "|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, whole(BOOLEAN), "yYnNtTfFoO");
            addImplicitResolver(Tag.INT, whole(INTEGER), "-+0123456789");
            addImplicitResolver(Tag.FLOAT, whole(NUMBER), "-+0123456789.");
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }

    private static final class JsonResolver extends Resolver {
        private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
        private static final Pattern INTEGER = Pattern.compile("[-+]?(?:0|[1-9][0-9]*)");
        private static final Pattern NUMBER =
                Pattern.compile(
                        "[-+]?(?:\\.[0-9]+|(?:0|[1-9][0-9]*)(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, whole(BOOLEAN), "tTfF");
            addImplicitResolver(Tag.INT, whole(INTEGER), "-+0123456789");
            addImplicitResolver(Tag.FLOAT, whole(NUMBER), "-+0123456789.");
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }

    private static Pattern whole(Pattern part) {
        return Pattern.compile("^(?:" + part.pattern() + ")$");
    }
}
