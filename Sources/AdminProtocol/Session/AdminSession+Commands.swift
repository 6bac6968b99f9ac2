import Kernel

/// The session's own commands that need nothing but the session.
extension AdminSession {
  mutating func answer(_ own: SessionCommand, _ command: AdminCommand) throws(Failure) -> AdminReply {
    guard command.arguments.isEmpty else { throw own.misused }
    switch own {
    case .hello:
      guard command.words.count == 1 else { throw own.misused }
      return greeting
    case .lang:
      guard command.words.count == 2, let language = Language(tag: command.words[1]) else { throw own.misused }
      choose(language)
      return AdminReply(.done, .fields, [Value.Member("language", .text(language.rawValue))])
    case .format:
      guard command.words.count == 2, let format = ReplyFormat(rawValue: command.words[1].lowercased()) else { throw own.misused }
      self.format = format
      return AdminReply(.done, .fields, [Value.Member("format", .text(format.rawValue))])
    case .help:
      guard let page = HelpPages.page(Array(command.words.dropFirst()), registry, language) else {
        throw Failure(.notFound, AdminMessages.unknownCommand)
      }
      return page
    case .quit:
      guard command.words.count == 1 else { throw own.misused }
      return AdminReply(.done)
    case .auth, .as: throw own.misused
    }
  }

  /// The version that runs is for those who are known: it tells a stranger which faults to try.
  private var greeting: AdminReply {
    AdminReply(
      .done, .fields,
      [
        Value.Member("protocol", 1), Value.Member("software", "steward"), Value.Member("version", .text(identity == nil ? nil : version)),
        Value.Member("authenticated", .bool(identity != nil)), Value.Member("language", .text(language.rawValue)),
        Value.Member("format", .text(format.rawValue)), Value.Member("tenant", .text(customer)),
        Value.Member("line-bytes", .integer(Int64(limits.decoder.lineBytes))), Value.Member("literal-bytes", .integer(Int64(limits.decoder.literalBytes))),
      ])
  }
}

extension SessionCommand {
  var misused: Failure { Failure(.malformed, AdminMessages.usage, ["usage": usage]) }
}

extension AdminCommand {
  /// What AUTH brings.
  func credential() throws(Failure) -> AdminSession.Credential {
    guard words.count == 1, arguments.count <= 1 else { throw SessionCommand.auth.misused }
    guard let argument = arguments.first else { return .certificate(tenant: nil) }
    switch (argument.key, argument.value) {
    case ("token", let token?): return .token(token)
    case ("tenant", let tenant): return .certificate(tenant: tenant)
    default: throw SessionCommand.auth.misused
    }
  }

  /// What AS names; nil for nothing.
  func customer() throws(Failure) -> String? {
    guard words.count == 1, arguments.count == 1, let argument = arguments.first, argument.key == "tenant" else { throw SessionCommand.as.misused }
    return argument.value
  }
}

extension AdminSession.Identity {
  var fields: [Value.Member] {
    [Value.Member("name", .text(name)), Value.Member("kind", .text(kind)), Value.Member("language", .text(language.rawValue))]
  }
}
