import Contracts
import Kernel

extension ContractFileRun {
  /// More gaps of a line than anybody reads at once.
  private static let most = 10

  /// What the proof says of the file's contract as it is now, in words: for each line whether all that it promises is backed, and the
  /// gaps that nobody accepted. Empty where there is no contract.
  package func backing() async throws -> [String] {
    let applying = Applying(dispatcher, as: principal, language)
    let recorded = try await RecordedState(of: file, by: applying, dispatcher.tenancy)
    guard let contract = recorded.contract?["id"] else { return [] }
    let proven = try await applying.call("proof.run", [Value.Member("contract", contract)])
    return (proven["lines"]?.array ?? []).flatMap(told)
  }

  private func told(_ proof: Value) -> [String] {
    let gaps = (proof["gaps"]?.array ?? []).filter { $0["accepted"] != .bool(true) }
    let message: Message =
      switch proof["outcome"]?.text {
      case "nothing": ContractFileMessages.promisesNothing
      case "unproven" where !gaps.isEmpty: ContractFileMessages.nobodyLinked
      default: gaps.isEmpty ? ContractFileMessages.backed : ContractFileMessages.openGaps
      }
    let head = message.text(language, ["line": proof["lineName"]?.text ?? "", "count": String(gaps.count)])
    guard message == ContractFileMessages.openGaps else { return [head] }
    let rest = gaps.count > Self.most ? [ContractFileMessages.moreGaps.text(language, ["count": String(gaps.count - Self.most)])] : []
    return [head] + (gaps.prefix(Self.most).compactMap { $0["text"]?.text } + rest).map { "    " + $0 }
  }
}
