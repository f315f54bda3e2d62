package dev.webtransport.samples.bench;

/** Takes what a workload finds out. */
interface Recorder {
    /** A figure is known. */
    void figure(Metric metric, double value);

    /** So much of the workload is done. */
    void progress(int done, int total);

    /** Both ends are to be weighed now; returns when they were. */
    void weigh(String moment) throws Exception;
}
