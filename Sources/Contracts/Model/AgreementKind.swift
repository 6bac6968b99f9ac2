/// To whom a service level agreement is given.
package enum AgreementKind: String, Sendable, CaseIterable {
  /// To a customer (服务级别协议): contract lines name it.
  case sla
  /// By one of the provider's own teams to the others (运营级别协议): teams agree to it.
  case ola
}
