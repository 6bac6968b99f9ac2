import Glibc

// Compiled by deploy/fuzz with each target.

/// Ends the run with what is wrong; an optimised precondition would not say it.
func require(_ condition: Bool, _ finding: @autoclosure () -> String) {
  if !condition { fail(finding()) }
}

func fail(_ finding: String) -> Never {
  print("FINDING: \(finding)")
  fflush(nil)
  abort()
}
