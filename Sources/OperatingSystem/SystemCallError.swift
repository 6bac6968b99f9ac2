import Glibc

/// A system call that failed, with what it was about. For the operator's log.
package struct SystemCallError: Error, Equatable, CustomStringConvertible {
  package let call: String
  /// The path or address concerned; empty when there is none.
  package let subject: String
  package let code: Int32

  package init(_ call: String, _ subject: String = "", code: Int32 = errno) {
    self.call = call
    self.subject = subject
    self.code = code
  }

  package var description: String { "\(call)\(subject.isEmpty ? "" : " \(subject)"): \(String(cString: strerror(code)))" }
}
