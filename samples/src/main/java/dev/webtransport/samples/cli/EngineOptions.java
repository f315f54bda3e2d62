package dev.webtransport.samples.cli;

import dev.webtransport.config.Engine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which QUIC engine a command runs on. */
final class EngineOptions {
    @Option(
            names = "--engine",
            paramLabel = "NAME",
            converter = Label.class,
            defaultValue = "auto",
            description =
                    "QUIC engine: auto, netty or kwik. Default ${DEFAULT-VALUE}: netty where its native code runs, else kwik."
                            + " '-v' tells which it is.")
    private Engine engine = Engine.AUTO;

    Engine engine() {
        return engine;
    }

    /** Reads an engine as settings name it. */
    static final class Label implements ITypeConverter<Engine> {
        @Override
        public Engine convert(String label) {
            try {
                return Engine.of(label);
            } catch (IllegalArgumentException unknown) {
                throw new TypeConversionException(unknown.getMessage() + ", not '" + label + "'");
            }
        }
    }
}
