package io.carillon.handler.report;

import io.quarkus.logging.Log;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.fontbox.ttf.OpenTypeFont;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeCollection;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBufferedFile;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

/**
 * Finds the fonts that the administrator has put into a folder. They are tried in the order of
 * their names, for characters that the usual font lacks. The folder is read for each document, so a
 * font that is added is used.
 */
@ApplicationScoped
class PdfFontFiles {
    static final PdfFontFiles NONE = new PdfFontFiles(Optional.empty());

    private static final List<String> SUFFIXES = List.of(".ttf", ".otf", ".ttc");

    private final Optional<Path> folder;

    /** Fonts that cannot be used are logged once. */
    private final Set<Path> told = ConcurrentHashMap.newKeySet();

    @Inject
    PdfFontFiles(ReportsConfig config) {
        this(config.fonts().map(Path::of));
    }

    PdfFontFiles(Optional<Path> folder) {
        this.folder = folder;
    }

    /** Returns the files of fonts, in their order; none if there is no folder. */
    List<Path> list() {
        if (folder.isEmpty()) {
            return List.of();
        }
        try (var files = Files.list(folder.get())) {
            return files.filter(PdfFontFiles::isFont).sorted().toList();
        } catch (IOException unreadable) {
            tell(folder.get(), unreadable);
            return List.of();
        }
    }

    /** The folder, for the log. */
    @Override
    public String toString() {
        return folder.map(Path::toString).orElse("no folder");
    }

    private static boolean isFont(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return SUFFIXES.stream().anyMatch(name::endsWith);
    }

    /**
     * Makes a font part of a document, which closes it. Of a collection the first is taken.
     *
     * @return empty if it cannot be: it is damaged, may not be embedded, or has PostScript outlines
     */
    Optional<PDFont> open(Path file, PDDocument document) {
        try {
            var font = parsed(file.toFile());
            document.registerTrueTypeFontForClosing(font);
            if (font instanceof OpenTypeFont open && open.isPostScript()) {
                throw new IOException("it has PostScript outlines (CFF), not those of TrueType");
            }
            return Optional.of(PDType0Font.load(document, font, true));
        } catch (IOException | RuntimeException unusable) {
            tell(file, unusable);
            return Optional.empty();
        }
    }

    private static TrueTypeFont parsed(File file) throws IOException {
        if (!file.getName().toLowerCase(Locale.ROOT).endsWith(".ttc")) {
            return new TTFParser().parse(new RandomAccessReadBufferedFile(file));
        }
        var first = new AtomicReference<TrueTypeFont>();
        // The fonts of a collection read from it: it is closed with them.
        new TrueTypeCollection(file).processAllFonts(font -> first.compareAndSet(null, font));
        var font = first.get();
        if (font == null) {
            throw new IOException("a collection without a font");
        }
        return font;
    }

    private void tell(Path file, Exception why) {
        if (told.add(file)) {
            Log.warnf("font not used file=%s: %s", file, why.getMessage());
        }
    }
}
