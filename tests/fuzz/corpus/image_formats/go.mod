go.mod
module example.com/me
go 1.21
require (
	example.com/a v1.0.0 // indirect
	example.com/b v1.0.0
)
replace example.com/b => example.com/c v2.0.0
