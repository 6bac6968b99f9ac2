import Kernel

/// What an import found and did.
package struct ImportReport: Sendable {
  static let messages: [Message] = []
}
