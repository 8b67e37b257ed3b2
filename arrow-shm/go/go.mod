module github.com/arrow-shm/arrow-shm/arrow-shm/go

go 1.23.0

require golang.org/x/sys v0.30.0
