package dev.webtransport.config;

import java.time.Duration;

/** The checks of the builders: what, the value, the limit. */
final class Check {
    private Check() {}

    static long range(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " is outside " + least + ".." + most);
        }
        return value;
    }

    static double range(String name, double value, double least, double most) {
        // Whatever is no number is outside, too.
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(name + " " + value + " is outside " + least + ".." + most);
        }
        return value;
    }

    static Duration duration(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " " + value + " is outside " + least + ".." + most);
        }
        return value;
    }
}
