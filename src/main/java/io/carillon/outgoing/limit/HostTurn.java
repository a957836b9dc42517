package io.carillon.outgoing.limit;

/** A call that a host may have now. Close it when the call has ended, however that was. */
public sealed interface HostTurn extends AutoCloseable {
    /** How a call ended, as far as it tells something about the host. */
    enum End {
        /** The host gave an answer, whatever it was. */
        ANSWERED,
        /** It gave none, or said that it cannot. */
        FAILED,
        /** The call was given up, or failed for a reason of its own. */
        UNKNOWN
    }

    /** Is told how a call has ended. */
    interface Watch {
        void ended(End end, String why);
    }

    /** A call of a host without limits. */
    HostTurn FREE = new Free();

    /** Says how the call ended; without this, the end is unknown. */
    void ended(End end, String why);

    @Override
    void close();

    record Free() implements HostTurn {
        @Override
        public void ended(End end, String why) {}

        @Override
        public void close() {}
    }

    /** A call of a host with limits. */
    final class Limited implements HostTurn {
        private final HostPlaces.Place place;
        private final Watch watch;
        private End end = End.UNKNOWN;
        private String why = "";

        Limited(HostPlaces.Place place, Watch watch) {
            this.place = place;
            this.watch = watch;
        }

        @Override
        public void ended(End how, String because) {
            end = how;
            why = because;
        }

        @Override
        public void close() {
            place.release();
            watch.ended(end, why);
        }
    }
}
