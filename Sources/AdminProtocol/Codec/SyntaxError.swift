import Kernel

/// Why a line cannot be read. The line is whole: only it is refused.
package enum SyntaxError: Error, Equatable, Sendable, CaseIterable {
  case tag, word, argument, value, escape, literal, characters, duplicate

  var message: Message {
    switch self {
    case .tag: AdminMessages.badTag
    case .word: AdminMessages.badWord
    case .argument: AdminMessages.badArgument
    case .value: AdminMessages.badValue
    case .escape: AdminMessages.badEscape
    case .literal: AdminMessages.badLiteral
    case .characters: AdminMessages.badCharacters
    case .duplicate: AdminMessages.duplicate
    }
  }
}

/// Why nothing that follows can be trusted to be what the client meant: the connection ends.
package enum FramingError: Error, Equatable, Sendable, CaseIterable {
  /// A line feed or a carriage return that stands alone.
  case lineEnd
  case lineTooLong
  case literalTooLong
  /// More than a client may send before it is known.
  case tooMuch

  var message: Message {
    switch self {
    case .lineEnd: AdminMessages.badLineEnd
    case .lineTooLong: AdminMessages.lineTooLong
    case .literalTooLong: AdminMessages.literalTooLong
    case .tooMuch: AdminMessages.tooMuch
    }
  }
}
