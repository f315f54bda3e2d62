package dev.webtransport.config;

import java.util.Iterator;
import java.util.Locale;

/** Finds the key that somebody may have meant: the one that the fewest changes of a letter lead to. */
final class NearestKey {
    private NearestKey() {}

    static String among(Iterator<String> keys, String wanted) {
        String nearest = keys.next();
        int least = distance(nearest, wanted);
        while (keys.hasNext()) {
            String key = keys.next();
            int changes = distance(key, wanted);
            if (changes < least) {
                nearest = key;
                least = changes;
            }
        }
        return nearest;
    }

    /** Other spellings of the same words are at no distance. */
    private static int distance(String one, String other) {
        String a = plain(one);
        String b = plain(other);
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }
}
