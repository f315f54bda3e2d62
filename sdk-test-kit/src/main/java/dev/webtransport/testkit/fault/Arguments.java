package dev.webtransport.testkit.fault;

/** Refuses what no fault can mean. */
final class Arguments {
    private Arguments() {}

    static long atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + least);
        }
        return value;
    }
}
