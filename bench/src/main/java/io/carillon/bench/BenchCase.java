package io.carillon.bench;

/** One question put to the systems under test. */
interface BenchCase {
    String name();

    /**
     * Measures and reports a result for every system and size.
     *
     * @throws BenchFailure when what was measured is not what happened
     */
    void run(Rig rig);
}
