package dev.webtransport.value;

/** Which end caused something, seen from here. */
public enum Initiator {
    /** This end: the application, or this SDK on its behalf. */
    LOCAL,
    /** The peer, or the network between. */
    REMOTE
}
