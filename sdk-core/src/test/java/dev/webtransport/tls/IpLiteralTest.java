package dev.webtransport.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLiteralTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "255.255.255.255, 255.255.255.255",
        "::, 0:0:0:0:0:0:0:0",
        "::1, 0:0:0:0:0:0:0:1",
        "[::1], 0:0:0:0:0:0:0:1",
        "1::, 1:0:0:0:0:0:0:0",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "2001:DB8::8:800:200C:417A, 2001:db8:0:0:8:800:200c:417a",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:1",
        "[fe80::1%25eth0], fe80:0:0:0:0:0:0:1",
        "64:ff9b::192.0.2.33, 64:ff9b:0:0:0:0:c000:221",
    })
    void an_address_is_read(String text, String whole) throws Exception {
        assertArrayEquals(InetAddress.getByName(whole).getAddress(), IpLiteral.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "127.1",
                "127.0.0",
                "127.0.0.1.",
                "127.0.0.256",
                "127.0.0.0001",
                "1.2.3.4.5",
                "1..2.3",
                "-1.2.3.4",
                "0x7f.0.0.1",
                "\u0661.0.0.1",
                ":",
                ":::",
                "::1::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "12345::",
                "g::",
                "::1.2.3",
                "1.2.3.4::",
                ":1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:",
                "[::1",
                "a:80",
            })
    void what_is_no_address_is_none(String text) {
        assertNull(IpLiteral.parse(text));
    }

    @Test
    void every_address_that_the_platform_prints_is_read_back() throws Exception {
        long seed = System.nanoTime();
        System.out.println("IpLiteralTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] address = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(address);
            // The platform turns an IPv4 address mapped into IPv6 into IPv4; no random one is such.
            String text = InetAddress.getByAddress(address).getHostAddress();
            assertArrayEquals(address, IpLiteral.parse(text), text);
        }
    }
}
