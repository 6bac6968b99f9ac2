/// What the approvals of one thing come to.
enum ApprovalOutcome: Equatable {
  /// Some are to be asked, or have not decided.
  case waiting
  /// Steps before this one have agreed, and it was not asked yet.
  case asks(step: Int64)
  case approved
  case rejected

  /// A step agrees when one that suffices has approved and so have all that do not suffice. It refuses when one that does not suffice
  /// has refused, or all have that would have sufficed.
  init(_ approvals: [Approval]) {
    for step in Set(approvals.map(\.step)).sorted() {
      let ones = approvals.filter { $0.step == step }
      let (sufficing, needed) = (ones.filter(\.suffices), ones.filter { !$0.suffices })
      if needed.contains(where: { $0.state == .rejected }) || (!sufficing.isEmpty && sufficing.allSatisfy { $0.state == .rejected }) {
        self = .rejected
        return
      }
      let agrees = needed.allSatisfy { $0.state == .approved } && (sufficing.isEmpty || sufficing.contains { $0.state == .approved })
      guard agrees else {
        self = ones.contains { $0.state == .waiting } ? .asks(step: step) : .waiting
        return
      }
    }
    self = .approved
  }
}
