/// Which rate class a stretch has for which none was named.
struct RateChoice: Sendable {
  struct RateClass: Sendable {
    let id: Int64
    let code: String
    let use: RateUse
  }

  /// Those in use.
  let classes: [RateClass]

  /// The one for that time. Where there is none, an off day counts as after hours, and that as service time, for which there always
  /// is one.
  func rateClass(of situation: TimeSplit.Situation) -> RateClass? {
    let order: [RateUse] =
      switch situation {
      case .serviceTime: [.serviceTime]
      case .afterHours: [.afterHours, .serviceTime]
      case .offDay: [.offDay, .afterHours, .serviceTime]
      }
    return order.lazy.compactMap { use in classes.first { $0.use == use } }.first
  }
}
