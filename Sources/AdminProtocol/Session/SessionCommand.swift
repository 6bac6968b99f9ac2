/// The commands that are no operations. The list is closed, and no operation may begin with one of these words.
package enum SessionCommand: String, Sendable, CaseIterable {
  case hello, auth, `as`, lang, format, help, quit

  init?(_ command: AdminCommand) {
    guard let word = command.words.first else { return nil }
    self.init(rawValue: word.lowercased())
  }

  var name: String { rawValue.uppercased() }

  /// How it is written.
  var usage: String {
    switch self {
    case .hello: "HELLO"
    case .auth: "AUTH token=stw_... | AUTH [tenant=CODE]"
    case .as: "AS tenant=CODE"
    case .lang: "LANG en | zh-Hans"
    case .format: "FORMAT text | json | csv"
    case .help: "HELP [noun [verb]]"
    case .quit: "QUIT"
    }
  }
}
