import Kernel
import Operations

/// Why an act is not possible on a ticket as it stands, and what is.
extension TicketWork {
  /// What answers an act that the state does not allow.
  func refusal(of act: TicketAct) -> Failure {
    if let elsewhere = context.mergedElsewhere(ticket) { return elsewhere }
    let language = context.language
    // Of what the staff do a customer's people are told nothing.
    let acts: [TicketAct] = context.principal.side == .staff ? TicketAct.allCases : [.close, .reopen]
    let possible = acts.filter { ticket.state.after($0) != nil }.map { $0.word.text(language) }
    return Failure(
      .conflict, DeskMessages.wrongState,
      [
        "state": ticket.state.word.text(language), "act": act.word.text(language),
        "allowed": possible.isEmpty ? StateWords.nothing.text(language) : possible.joined(separator: language == .chinese ? "、" : ", "),
      ])
  }

  func requireNotClosed() throws(Failure) {
    guard ticket.state == .closed else { return }
    throw context.mergedElsewhere(ticket) ?? Failure(.conflict, DeskMessages.isClosed)
  }

  func requireOpen() throws(Failure) {
    guard !ticket.state.isOpen else { return }
    throw context.mergedElsewhere(ticket) ?? Failure(.conflict, DeskMessages.notOpen)
  }
}

extension OperationContext {
  /// Nil: the ticket went into no other one.
  func mergedElsewhere(_ ticket: Ticket) -> Failure? {
    guard ticket.mergedInto != nil else { return nil }
    return Failure(.conflict, DeskMessages.mergedAway, ["number": ticket.mergedNumber.map { IncidentView.number(of: tenant.code, $0) } ?? "-"])
  }
}

extension TicketState {
  /// As people call it, besides what the interface does.
  var word: Message {
    switch self {
    case .new: StateWords.new
    case .active: StateWords.active
    case .pending: StateWords.pending
    case .resolved: StateWords.resolved
    case .closed: StateWords.closed
    }
  }
}

extension TicketAct {
  var word: Message {
    switch self {
    case .start: StateWords.start
    case .hold: StateWords.hold
    case .resume: StateWords.resume
    case .resolve: StateWords.resolve
    case .close: StateWords.close
    case .reopen: StateWords.reopen
    case .merge: StateWords.merge
    }
  }
}

/// States and acts in words. Each Chinese one names the operation as well, for that is what is called.
enum StateWords: MessageCatalog {
  static let new = Message("ticket_state.new", "new", zh: "新建")
  static let active = Message("ticket_state.active", "active", zh: "处理中")
  static let pending = Message("ticket_state.pending", "pending", zh: "挂起")
  static let resolved = Message("ticket_state.resolved", "resolved", zh: "已解决")
  static let closed = Message("ticket_state.closed", "closed", zh: "已关闭")

  static let start = Message("ticket_act.start", "start", zh: "开始处理 start")
  static let hold = Message("ticket_act.hold", "hold", zh: "挂起 hold")
  static let resume = Message("ticket_act.resume", "resume", zh: "恢复 resume")
  static let resolve = Message("ticket_act.resolve", "resolve", zh: "解决 resolve")
  static let close = Message("ticket_act.close", "close", zh: "关闭 close")
  static let reopen = Message("ticket_act.reopen", "reopen", zh: "重新打开 reopen")
  static let merge = Message("ticket_act.merge", "merge", zh: "合并 merge")

  static let nothing = Message("ticket_act.none", "nothing", zh: "无")

  static let all = [new, active, pending, resolved, closed, start, hold, resume, resolve, close, reopen, merge, nothing]
}
