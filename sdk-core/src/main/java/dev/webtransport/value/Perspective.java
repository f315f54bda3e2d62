package dev.webtransport.value;

/** Which end of a connection this is. */
public enum Perspective {
    /** The end that opened the connection. */
    CLIENT,
    /** The end that accepted it. */
    SERVER
}
