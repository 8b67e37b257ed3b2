package io.arrowshm.array;

/** How the elements of an array follow each other in memory. */
public enum ArrayOrder {
    /** Without gaps, the last index running fastest. What is in both orders counts as this. */
    C,
    /** Without gaps, the first index running fastest. */
    FORTRAN,
    /** Neither: a view of a larger array. */
    STRIDED
}
