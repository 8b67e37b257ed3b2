package io.arrowshm.process;

/** What a process of a storm does to the pool, for its longest waits. */
enum Operation {
    ALLOCATE,
    SEAL,
    SEND,
    RECEIVE,
    RELEASE,
    LEND,
    ADOPT,
    JOIN,
    /** Any change or opening of names, which by design wait for each other. */
    NAMES
}
