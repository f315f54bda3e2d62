package dev.webtransport.samples.bench;

import dev.webtransport.samples.cli.CommandFailure;
import dev.webtransport.samples.cli.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that {@code wt bench} reads and writes. */
final class FigureFiles {
    private static final String BEGIN = "<!-- figures: written by wt bench --markdown -->";
    private static final String END = "<!-- end of figures -->";

    private FigureFiles() {}

    static Report read(Path file) {
        try {
            return Report.fromJson(Files.readString(file));
        } catch (NoSuchFileException missing) {
            throw new CommandFailure(ExitStatus.FAILED, "no such file: " + file, missing);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new CommandFailure(
                    ExitStatus.FAILED, file + " holds no figures of wt bench: " + unreadable.getMessage(), unreadable);
        }
    }

    /** Fails now rather than after the measurement. */
    static void requireWritable(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new CommandFailure(ExitStatus.FAILED, "cannot write to " + file, null);
        }
    }

    static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException unwritable) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "cannot write to " + file + ": " + unwritable.getMessage(), unwritable);
        }
    }

    /** Writes a new page, or the part of a page between two marks. A page without them stays as it is. */
    static void writeBetweenMarks(Path file, String content) {
        String marked = BEGIN + "\n\n" + content + "\n" + END;
        if (!Files.exists(file)) {
            write(file, marked + "\n");
            return;
        }
        String page = pageToWrite(file);
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END, begin) + END.length();
        write(file, page.substring(0, begin) + marked + page.substring(end));
    }

    /** A page that is there, if figures have a place in it. */
    static String pageToWrite(Path file) {
        try {
            String page = Files.readString(file);
            int begin = page.indexOf(BEGIN);
            if (begin < 0 || page.indexOf(END, begin) < 0) {
                throw new CommandFailure(
                        ExitStatus.FAILED,
                        file + " is there and has no place for figures; put \"" + BEGIN + "\" and \"" + END
                                + "\" into it",
                        null);
            }
            return page;
        } catch (IOException unreadable) {
            throw new CommandFailure(ExitStatus.FAILED, "cannot read " + file + ": " + unreadable, unreadable);
        }
    }
}
